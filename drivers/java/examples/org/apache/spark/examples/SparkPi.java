package org.apache.spark.examples;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaSparkContext;

/**
 * Estimates pi by throwing darts: {@code SparkPi [slices]}. Has the name that the EMR on EKS guide submits; PySpark
 * brings no examples jar.
 */
public final class SparkPi {
  private static final int DARTS_PER_SLICE = 1_000_000;

  private SparkPi() {}

  /** Takes the number of slices (tasks), 2 where it is not given. */
  public static void main(String[] arguments) {
    int slices = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 2;
    if (slices < 1) {
      throw new IllegalArgumentException("The number of slices must be at least 1, not " + slices);
    }
    try (JavaSparkContext context = new JavaSparkContext(new SparkConf().setAppName("Spark Pi"))) {
      List<Integer> seeds = new ArrayList<>();
      for (int slice = 0; slice < slices; slice++) {
        seeds.add(slice);
      }
      long hits = context.parallelize(seeds, slices).map(SparkPi::hits).reduce(Long::sum);
      System.out.println("Pi is roughly " + 4.0 * hits / ((long) slices * DARTS_PER_SLICE));
    }
  }

  /** How many of a slice's darts land within the quarter circle. */
  private static long hits(int seed) {
    SplittableRandom random = new SplittableRandom(seed);
    long hits = 0;
    for (int dart = 0; dart < DARTS_PER_SLICE; dart++) {
      double x = random.nextDouble();
      double y = random.nextDouble();
      if (x * x + y * y <= 1) {
        hits++;
      }
    }
    return hits;
  }
}
