package worker

import "os"

// killed reports whether a process was ended by the system: there is no such sign here.
func killed(*os.ProcessState) bool { return false }
