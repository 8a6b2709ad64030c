"""Counts words: wordcount.py OUTPUT [INPUT]

Writes every word with its count below OUTPUT as CSV, and prints the most frequent ones. INPUT is a path that Spark reads
as text; by default the samples' own texts, which stand beside this script under every name of the samples' bucket.
"""

import os
import sys

from pyspark.sql import SparkSession
from pyspark.sql import functions as F

SHOWN = 10


def sample_input():
    region = os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION") or "us-east-1"
    return "s3://{}.elasticmapreduce/emr-containers/samples/wordcount/input/".format(region)


def main(arguments):
    if len(arguments) not in (1, 2):
        sys.exit("Usage: wordcount.py OUTPUT [INPUT]")
    output = arguments[0]
    source = arguments[1] if len(arguments) == 2 else sample_input()
    spark = SparkSession.builder.appName("wordcount").getOrCreate()
    words = spark.read.text(source).select(F.explode(F.split(F.lower(F.col("value")), r"[^\p{L}\p{N}']+")).alias("word"))
    counts = (
        words.where(F.col("word") != "")
        .groupBy("word")
        .agg(F.count("*").alias("count"))
        .orderBy(F.col("count").desc(), "word")
    )
    counts.coalesce(1).write.mode("overwrite").option("header", True).csv(output)
    # What is told is what was written, read back from where it is.
    written = spark.read.option("header", True).csv(output)
    print("{} different words are in {}; the most frequent:".format(written.count(), output))
    written.select("word", F.col("count").cast("long").alias("count")).orderBy(F.col("count").desc(), "word").show(SHOWN)
    spark.stop()


if __name__ == "__main__":
    main(sys.argv[1:])
