"""What threads and processes are compared with: pools, figures, the chart."""
