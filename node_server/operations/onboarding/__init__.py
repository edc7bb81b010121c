"""Taking parties in: screening that holds, and bank details that two persons change."""
