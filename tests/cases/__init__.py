"""Cases: promises with clocks."""
