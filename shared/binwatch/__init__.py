"""binwatch: a bin's photo becomes a count, and a wrong record becomes an alert."""
