package client

import (
	"context"
	"encoding/json"
)

// Opening is what was opened on a server, and holds one of its places until it is closed: a session of Live Response.
type Opening struct {
	Server   string          `json:"server"`             // where: its origin, and the path below which its kind is
	ID       json.RawMessage `json:"id"`                 // as the server gave it: a number, or text
	Endpoint int64           `json:"endpoint,omitempty"` // with which; 0 when that is not known
}

// Openings keeps what is open on servers beyond the life of the process that opened it. It is safe for concurrent use.
// Package jobstore has one that is a file.
type Openings interface {
	// Left gives what earlier runs opened on a server and did not close; nothing of this run.
	Left(ctx context.Context, server string) ([]Opening, error)
	// Opened keeps one. When it returns without an error, it is kept whatever happens to the process.
	Opened(ctx context.Context, o Opening) error
	// Closed forgets one. One that is not known is no error.
	Closed(ctx context.Context, o Opening) error
}
