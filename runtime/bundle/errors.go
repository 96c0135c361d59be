package bundle

import "fmt"

// kindBundle is the kind of errors about bundles.
const kindBundle = "BundleError"

// A DigestError says that a bundle is not the one that was locked.
type DigestError struct {
	Bundle Ref    // as it is locked
	Where  string // where the other one comes from, such as a file
	Locked Digest
	Got    Digest
	Advice string // what to do
}

// Error names both digests.
func (e *DigestError) Error() string {
	return fmt.Sprintf("bundle %s in %s is not the locked one: its digest is %s, locked is %s", e.Bundle, e.Where, e.Got, e.Locked)
}

// Kind is "BundleError".
func (e *DigestError) Kind() string { return kindBundle }

// Facts are bundle, locked and got.
func (e *DigestError) Facts() map[string]any {
	return map[string]any{"bundle": e.Bundle.String(), "locked": string(e.Locked), "got": string(e.Got)}
}

// Hint says what to do next.
func (e *DigestError) Hint() string { return e.Advice }

// A NotInstalledError says that a bundle is not there to be loaded.
type NotInstalledError struct {
	Name   string // of the bundle
	Reason string
	Advice string // what to do
}

// Error names the bundle and the reason.
func (e *NotInstalledError) Error() string { return fmt.Sprintf("bundle %s: %s", e.Name, e.Reason) }

// Kind is "BundleError".
func (e *NotInstalledError) Kind() string { return kindBundle }

// Facts are bundle.
func (e *NotInstalledError) Facts() map[string]any { return map[string]any{"bundle": e.Name} }

// Hint says what to do next.
func (e *NotInstalledError) Hint() string { return e.Advice }

// A FileError says that a file of bundles, locks or keys cannot be read or written.
type FileError struct {
	File   string
	Line   int // 1 for the first; 0 when it is not about one line
	Err    error
	Advice string // what to do, or empty
}

// Error names the file, the line and the cause.
func (e *FileError) Error() string {
	if e.Line > 0 {
		return fmt.Sprintf("%s:%d: %v", e.File, e.Line, e.Err)
	}
	return fmt.Sprintf("%s: %v", e.File, e.Err)
}

// Unwrap returns the cause.
func (e *FileError) Unwrap() error { return e.Err }

// Kind is "BundleError".
func (e *FileError) Kind() string { return kindBundle }

// Facts are file.
func (e *FileError) Facts() map[string]any { return map[string]any{"file": e.File} }

// Hint says what to do next, or is empty.
func (e *FileError) Hint() string { return e.Advice }
