"""What checks reckon with: fronts, yards, uses, streets, rooms, fees; nothing here enters the register."""
