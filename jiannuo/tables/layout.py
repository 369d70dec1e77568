"""What a template of ours looks like, so that the reader knows it again."""

GUIDE_SHEET = "填写说明 Guide"
CODES_SHEET = "代码 Codes"
OURS = frozenset({GUIDE_SHEET, CODES_SHEET})
