"""Averages by the first column: averages.py INPUT

INPUT is a CSV file with a header whose last column holds numbers. Try it on a file of yours:

    bin/firesteel emr run examples/averages.py --input examples/data.csv
"""

import sys

from pyspark.sql import SparkSession
from pyspark.sql import functions as F


def main(arguments):
    if len(arguments) != 1:
        sys.exit("Usage: averages.py INPUT")
    spark = SparkSession.builder.appName("averages").getOrCreate()
    rows = spark.read.csv(arguments[0], header=True, inferSchema=True)
    first, last = rows.columns[0], rows.columns[-1]
    for row in rows.groupBy(first).agg(F.avg(last).alias("average")).orderBy(first).collect():
        print("{}: {:.1f}".format(row[first], row["average"]))
    spark.stop()


if __name__ == "__main__":
    main(sys.argv[1:])
