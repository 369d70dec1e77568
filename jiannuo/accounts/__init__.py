"""Who may act: natural persons, their accounts, and roles granted on a body and its subtree."""
