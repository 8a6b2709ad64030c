package org.apache.spark.examples;

import java.util.Arrays;
import java.util.List;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaSparkContext;
import scala.Tuple2;

/** Counts the words of a text: {@code JavaWordCount <path>} prints a line {@code word: count} for each. */
public final class JavaWordCount {
  private JavaWordCount() {}

  /** Takes the path of the text, of any file system that Spark reads. */
  public static void main(String[] arguments) {
    if (arguments.length != 1) {
      System.err.println("Usage: JavaWordCount <path>");
      System.exit(1);
    }
    try (JavaSparkContext context = new JavaSparkContext(new SparkConf().setAppName("JavaWordCount"))) {
      List<Tuple2<String, Integer>> counts =
          context
              .textFile(arguments[0])
              .flatMap(line -> Arrays.asList(line.trim().split("\\s+")).iterator())
              .filter(word -> !word.isEmpty())
              .mapToPair(word -> new Tuple2<>(word, 1))
              .reduceByKey(Integer::sum)
              .sortByKey()
              .collect();
      for (Tuple2<String, Integer> count : counts) {
        System.out.println(count._1() + ": " + count._2());
      }
    }
  }
}
