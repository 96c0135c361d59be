//go:build unix && !linux

package worker

import "errors"

// Confine takes from this process what a worker has no use for, where the system can refuse it to a process that asks
// for that itself. Here it cannot: all that goes are files that were open when it was started.
func Confine() []string {
	lacking := []string{"this system does not refuse the worker files and the network"}
	if err := closeInherited(); err != nil {
		lacking = append(lacking, "files that the worker was started with stay open: "+err.Error())
	}
	return lacking
}

func addressSpace() int64 { return 0 }

func limitAddressSpace(int64) error { return errors.ErrUnsupported }
