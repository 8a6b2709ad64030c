"""Says what runs it, works on a bucket, and ends once its partner runs too."""
import sys
import time

from pyspark.sql import SparkSession
from pyspark.sql.functions import udf

# The partner's Spark may have to be installed first.
DEADLINE_SECONDS = 600

spark = SparkSession.builder.getOrCreate()
bucket, own, partner = sys.argv[1:]
java = spark._jvm.System.getProperty("java.specification.version")
print("spark", spark.version, "java", java)

doubled = spark.range(4).select(udf(lambda number: str(number * 2))("id").alias("text"))
doubled.write.mode("overwrite").text(bucket + "/" + own)
print("counted", spark.read.text(bucket + "/" + own).count())

path = spark._jvm.org.apache.hadoop.fs.Path(bucket + "/" + partner + "/_SUCCESS")
files = path.getFileSystem(spark._jsc.hadoopConfiguration())
deadline = time.monotonic() + DEADLINE_SECONDS
while not files.exists(path):
    if time.monotonic() > deadline:
        sys.exit("the partner did not run beside this one")
    time.sleep(0.2)
print("met", partner)
