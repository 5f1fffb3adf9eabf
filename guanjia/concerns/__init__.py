"""民生诉求: what residents ask, by whichever channel, taken to the right desk and answered."""
