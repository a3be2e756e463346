"""Plans, findings, reports and messages as text, JSON, DOT and Mermaid."""
