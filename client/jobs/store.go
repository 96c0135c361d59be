package jobs

import (
	"context"
	"fmt"
)

// Store keeps what has become of jobs, so that a run goes on where an earlier one ended. It is safe for concurrent use.
// Package jobstore has one that is a file.
type Store interface {
	// Load gives the record of a job, and false when there is none.
	Load(ctx context.Context, k Key) (Record, bool, error)
	// Save keeps a record in the place of the one with the same key. When it returns without an error, the record is there
	// whatever happens to the process or the machine.
	Save(ctx context.Context, r Record) error
}

// A StoreError says that what became of a job could not be read or kept. No job is begun after it, since it would not be
// known whether that job was done.
type StoreError struct {
	Key Key
	Err error
}

// Error names the job and the cause.
func (e *StoreError) Error() string {
	return fmt.Sprintf("what becomes of the job %s on sensor %d cannot be read or kept: %v", e.Key.Name, e.Key.Endpoint, e.Err)
}

// Unwrap gives the cause.
func (e *StoreError) Unwrap() error { return e.Err }

// Kind is "JobStoreError".
func (*StoreError) Kind() string { return "JobStoreError" }

// Facts are sensor_id and name.
func (e *StoreError) Facts() map[string]any {
	return map[string]any{"sensor_id": e.Key.Endpoint, "name": e.Key.Name}
}
