"""How good the alerts are: records made wrong by the law of discrepancies, all rules on the same ones."""
