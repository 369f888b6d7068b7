"""The commands of `binwatch`, one file for what belongs together."""
