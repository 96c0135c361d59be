package jobstore

import "fmt"

// An InUseError says that another run has the file open.
type InUseError struct{ Path string }

// Error names the file.
func (e *InUseError) Error() string {
	return fmt.Sprintf("open %q: it is in use by another run", e.Path)
}

// Kind is "JobStoreError".
func (*InUseError) Kind() string { return "JobStoreError" }

// Facts are path.
func (e *InUseError) Facts() map[string]any { return map[string]any{"path": e.Path} }

// Hint says what to do.
func (*InUseError) Hint() string {
	return "wait until that run has ended, or end it: what it has done is kept"
}

// A MismatchError says that a file belongs to another script, or to the same with other parameters.
type MismatchError struct {
	Path    string
	Was, Is Identity // whom the file belongs to, and who wanted it
}

// Error says what differs.
func (e *MismatchError) Error() string {
	switch {
	case e.Was.SHA256 == e.Is.SHA256:
		return fmt.Sprintf("open %q: it has the jobs of this script with other parameters", e.Path)
	case e.Was.Script == e.Is.Script:
		return fmt.Sprintf("open %q: it has the jobs of %q as it was before it was changed", e.Path, e.Was.Script)
	}
	return fmt.Sprintf("open %q: it has the jobs of another script, %q", e.Path, e.Was.Script)
}

// Kind is "JobStoreError".
func (*MismatchError) Kind() string { return "JobStoreError" }

// Facts are path, script, sha256, was_script and was_sha256.
func (e *MismatchError) Facts() map[string]any {
	return map[string]any{"path": e.Path, "script": e.Is.Script, "sha256": e.Is.SHA256, "was_script": e.Was.Script, "was_sha256": e.Was.SHA256}
}

// Hint says what to do.
func (*MismatchError) Hint() string {
	return "name another file for this run, or run the script and the parameters that the file belongs to"
}

// A FormatError says that a file is not one of this package, or that it is damaged.
type FormatError struct{ Path, Reason string }

// Error gives the reason.
func (e *FormatError) Error() string {
	return fmt.Sprintf("open %q: it is not a file of jobs that can be read: %s", e.Path, e.Reason)
}

// Kind is "JobStoreError".
func (*FormatError) Kind() string { return "JobStoreError" }

// Facts are path and reason.
func (e *FormatError) Facts() map[string]any {
	return map[string]any{"path": e.Path, "reason": e.Reason}
}

// Hint says what to do.
func (*FormatError) Hint() string {
	return "name another file; if this one was made by cbscript, keep a copy before you delete it: which jobs were done is in it"
}
