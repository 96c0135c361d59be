package client

import (
	"net/http"
	"time"
)

// What a [Receipt] is of.
const (
	ReceiptFile    = "file"            // of an endpoint, or a part of one
	ReceiptMemory  = "memory dump"     // of an endpoint
	ReceiptArchive = "session archive" // of a session of Live Response, which the server makes
)

// Receipt says whose bytes a server has sent: what is known of a file that was taken from an endpoint, all of it by what
// the server said while it was fetched. Times are in UTC; a zero field is not known.
type Receipt struct {
	SHA256 [32]byte `json:"-"` // of the bytes
	Size   int64    `json:"-"` // of the bytes

	Kind      string    `json:"kind"`               // ReceiptFile and so on
	Product   string    `json:"product"`            // by its name in load("cb/NAME")
	Server    string    `json:"server"`             // its origin
	Profile   string    `json:"profile,omitempty"`  // by which the server was asked
	Sensor    int64     `json:"sensor"`             // number of the sensor or the device
	Host      string    `json:"host,omitempty"`     // the endpoint's name for itself
	Session   string    `json:"session,omitempty"`  // of Live Response
	Path      string    `json:"path,omitempty"`     // on the endpoint
	Offset    int64     `json:"offset,omitempty"`   // of a part: the bytes before it
	Count     int64     `json:"count,omitempty"`    // of a part: how many bytes were asked for
	Created   time.Time `json:"created,omitzero"`   // the file's times on the endpoint
	Modified  time.Time `json:"modified,omitzero"`  //
	Accessed  time.Time `json:"accessed,omitzero"`  //
	Listed    time.Time `json:"listed,omitzero"`    // when the endpoint told these times, by the server's clock
	Completed time.Time `json:"completed,omitzero"` // when the endpoint had sent the file, by the server's clock
	Answered  time.Time `json:"answered,omitzero"`  // when the server began to send the bytes, by its own clock
	Received  time.Time `json:"received,omitzero"`  // when the last of them was here, by the host's clock
}

// Noter makes a way to a server that calls note, for each file of an endpoint that passes, when its last byte has. It sends
// no requests of its own, changes none, and holds nothing up. note is called by several goroutines; it sets what a
// Noter does not know: the product, the server, the profile and the host's clock.
type Noter func(next http.RoundTripper, note func(Receipt)) http.RoundTripper
