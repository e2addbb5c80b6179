"""What is shared with other programs: collections of features, how they are asked, and how they are written."""
