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
	ReceiptUpload  = "upload"          // of a file that an agent of Cb Protection sent to the server
	ReceiptBinary  = "binary"          // the server's own copy of a program, which a sensor sent it once
)

// Receipt says whose bytes a server has sent: what is known of a file that was taken from an endpoint, or of the copy that the
// server has of one, all of it by what the server said while it was fetched. Times are in UTC; a zero field is not known.
type Receipt struct {
	SHA256 [32]byte `json:"-"` // of the bytes
	Size   int64    `json:"-"` // of the bytes

	Kind      string    `json:"kind"`               // ReceiptFile and so on
	Product   string    `json:"product"`            // by its name in load("cb/NAME")
	Server    string    `json:"server"`             // its origin
	Profile   string    `json:"profile,omitempty"`  // by which the server was asked
	Object    string    `json:"object,omitempty"`   // model and id of what the server keeps the bytes with, if it does
	Sensor    int64     `json:"sensor,omitempty"`   // number of the sensor, the device or the computer
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

// Noter makes a way to a server that calls note, for each file of an endpoint that passes, before whoever asked for it has
// its last byte. It sends no requests of its own and changes none. note is called by several goroutines; it sets what
// a Noter does not know: the product, the server, the profile and the host's clock.
type Noter func(next http.RoundTripper, note func(Receipt)) http.RoundTripper

// AnswerTime is when a server answered, by its own clock, in UTC: zero when it does not tell.
func AnswerTime(resp *http.Response) time.Time {
	t, err := http.ParseTime(resp.Header.Get("Date"))
	if err != nil {
		return time.Time{}
	}
	return t.UTC()
}
