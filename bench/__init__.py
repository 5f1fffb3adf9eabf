"""What measures the speed and memory claims."""
