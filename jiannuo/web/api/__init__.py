"""The API, for machines. Its data sets are those that the rooms declare: a further one appears here by itself."""
