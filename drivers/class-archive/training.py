"""What most drivers do at their start and in their first action, so that its classes get into the archive."""
import sys

from pyspark.sql import SparkSession
from pyspark.sql import functions as F

folder = sys.argv[1]
spark = SparkSession.builder.getOrCreate()
spark.range(100).withColumn("key", F.col("id") % 3).groupBy("key").count().collect()
spark.sql("select sum(id) from range(10)").collect()
spark.range(10).write.mode("overwrite").parquet(folder + "/parquet")
spark.read.parquet(folder + "/parquet").count()
spark.range(10).write.mode("overwrite").csv(folder + "/csv")
spark.read.csv(folder + "/csv").count()
spark.stop()
