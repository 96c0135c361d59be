package worker

// Pid is the number of the process.
func (w *Worker) Pid() int { return w.cmd.Process.Pid }
