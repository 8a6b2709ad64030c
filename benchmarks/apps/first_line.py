import time

print("first", time.time_ns(), flush=True)
from pyspark.sql import SparkSession  # noqa: E402  after the first line on purpose

spark = SparkSession.builder.getOrCreate()
spark.range(100).count()
print("action", time.time_ns(), flush=True)
spark.stop()
