"""Apache Spark, for a province or the country: the master that SPARK_MASTER names, or two cores of this machine."""

from __future__ import annotations

import os
import uuid
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Self

from pyspark.errors import PySparkException
from pyspark.sql import SparkSession

from jiannuo.scoring.guard import written

from . import Failed, Limits, in_time, said

LOOPBACK = "127.0.0.1"


class Spark:
    """An engine over Parquet files that every worker can read under the same path."""

    def __init__(self, tables: Mapping[str, Sequence[Path]], limits: Limits) -> None:
        self.limits = limits
        master = os.environ.get("SPARK_MASTER", "local[2]")
        builder = SparkSession.builder.master(master).appName("jiannuo-scoring")
        settings = {
            "spark.driver.host": os.environ.get("SPARK_DRIVER_HOST", LOOPBACK),
            "spark.driver.bindAddress": os.environ.get("SPARK_DRIVER_HOST", LOOPBACK),
            "spark.ui.enabled": "false",
            "spark.driver.memory": f"{limits.memory}m",
            "spark.sql.shuffle.partitions": "8",
            "spark.sql.session.timeZone": "UTC",
            "spark.sql.ansi.enabled": "true",
            # A product that does not fit is an error and never rounded.
            "spark.sql.decimalOperations.allowPrecisionLoss": "false",
            "spark.log.level": "ERROR",
        }
        for name, value in settings.items():
            builder = builder.config(name, value)
        self.session = builder.getOrCreate()
        self.tables: dict[str, list[str]] = {}
        try:
            for name, group in tables.items():
                frame = self.session.read.parquet(*map(str, group))
                frame.createOrReplaceTempView(name)
                self.tables[name] = list(frame.columns)
        except PySparkException as error:
            raise Failed(said(error)) from None

    def run(self, text: str) -> list[dict[str, Any]]:
        translated = written(text, "spark")
        context, group = self.session.sparkContext, uuid.uuid4().hex
        # py4j's errors have no common class with Spark's own
        with in_time(self.limits, lambda: context.cancelJobGroup(group), (Exception,)):
            context.setJobGroup(group, "measure", interruptOnCancel=True)
            return [row.asDict() for row in self.session.sql(translated).collect()]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.session.stop()
