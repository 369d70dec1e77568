"""What our own workbooks look like, so that the reader knows them again."""

GUIDE_SHEET = "填写说明 Guide"
CODES_SHEET = "代码 Codes"
OURS = frozenset({GUIDE_SHEET, CODES_SHEET})
FAULTS_HEAD = "哪里不对 What is wrong"  # the column beside bad rows; it is not read
