package story

import (
	"crypto/md5"
	"encoding/hex"
	"time"
)

// Signature is the outcome of the check of a binary's digital signature, in the words of sensors.
type Signature string

// Outcomes of the check.
const (
	Signed    Signature = "Signed"
	Unsigned  Signature = "Unsigned"
	Expired   Signature = "Expired"
	BadSigned Signature = "Bad Signature"
	Untrusted Signature = "Untrusted Root"
)

// Binary is a program or library, known by the MD5 of its bytes.
type Binary struct {
	MD5      string // lower case
	Name     string // file name, lower case
	Platform Platform

	Signature   Signature
	Publisher   string
	Issuer      string
	Subject     string
	SignTime    time.Time // zero when unsigned
	Description string
	Product     string
	Company     string
	Version     string
	Original    string // original file name in the version information
	Copyright   string

	X64        bool
	Executable bool // a program, not a library
	Compiled   time.Time
	FirstSeen  time.Time
	LastSeen   time.Time
	Paths      []string    // under which it was seen, in the order of being seen
	Endpoints  []*Endpoint // on which it was seen, by id

	VirusTotal int  // engines that call it malicious
	Trust      int  // reputation score of a trusted file, 0 for none
	NoCopy     bool // the server never got a copy of the file

	size int
	seed string
}

// NewBinary makes an unsigned Windows program that is not part of the story, for what a server adds to it. It was first
// seen at the given time.
func NewBinary(name, md5 string, seen time.Time) *Binary {
	return &Binary{
		MD5: md5, Name: name, Platform: Windows, Signature: Unsigned, Executable: true, Compiled: seen.Truncate(time.Second),
		FirstSeen: seen, LastSeen: seen, size: 16 << 10, seed: name,
	}
}

// Size is the length of the file in bytes.
func (b *Binary) Size() int { return b.size }

// File gives the bytes of the binary: a small program of the right format, the same each time. Its MD5 is b.MD5, but
// for the two binaries whose hashes the story was given from outside.
func (b *Binary) File() []byte { return image(b) }

// identify computes the hash of a binary that was not given one.
func (b *Binary) identify() {
	if b.MD5 == "" {
		sum := md5.Sum(b.File())
		b.MD5 = hex.EncodeToString(sum[:])
	}
}
