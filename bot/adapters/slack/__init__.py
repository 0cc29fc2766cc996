"""The class on Slack: real workspaces, real channels, through slack-bolt."""
