"""Reading an office's own spreadsheets into a living house: sheets, headers, rows, verdicts."""
