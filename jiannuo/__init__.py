"""Jiannuo (践诺), to keep one's word: a city's promises, kept in public."""

__version__ = "0.1.0"
