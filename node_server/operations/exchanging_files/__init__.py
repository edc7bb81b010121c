"""Taking in the files of a folder or an SFTP server, each once."""
