"""The most frequent words of a text file: word_count.py INPUT [OUTPUT]

    bin/firesteel emr run examples/word_count.py --input README.md

With OUTPUT, such as s3://my-bucket/counts, every word and its count are written there as CSV too.
"""

import sys

from pyspark.sql import SparkSession
from pyspark.sql import functions as F


def main(arguments):
    if len(arguments) not in (1, 2):
        sys.exit("Usage: word_count.py INPUT [OUTPUT]")
    spark = SparkSession.builder.appName("word_count").getOrCreate()
    words = spark.read.text(arguments[0]).select(F.explode(F.split(F.lower("value"), r"\W+")).alias("word"))
    counts = words.where("word != ''").groupBy("word").count().orderBy(F.desc("count"), "word")
    if len(arguments) == 2:
        counts.coalesce(1).write.mode("overwrite").csv(arguments[1], header=True)
    for row in counts.limit(5).collect():
        print(row["count"], row["word"])
    spark.stop()


if __name__ == "__main__":
    main(sys.argv[1:])
