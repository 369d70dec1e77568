"""Rows → files: template, workbook with comments, workbook of bad rows, CSV, XLSX. Text never becomes a formula."""

from .books import bad_rows, workbook
from .comments import commented
from .csvs import csv_lines
from .saying import text
from .templates import template

__all__ = ["bad_rows", "commented", "csv_lines", "template", "text", "workbook"]
