"""In and out: batches of files and rows, receipts, reporting duties, hand-over between levels, open data."""
