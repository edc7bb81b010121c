"""The way to a place of files: an SFTP server or a folder, called as if it were a system."""
