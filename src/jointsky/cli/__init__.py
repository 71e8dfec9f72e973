"""The commands: arguments become calls, results become tables and files."""
