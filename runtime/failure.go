package runtime

import (
	"strings"
	"sync"
)

// A Failure is the error of a run, with the source texts that Report quotes. Its text and its chain are those of the
// error that it holds.
type Failure struct {
	Err error

	sources *sources
	names   []string // predeclared and universal
	modules []string // host modules
}

// Error is the text of the error that ended the run.
func (f *Failure) Error() string { return f.Err.Error() }

// Unwrap returns the error that ended the run.
func (f *Failure) Unwrap() error { return f.Err }

// sources keeps the text of the files of a run by name, for reports. It is safe for concurrent use.
type sources struct {
	mu    sync.Mutex
	files map[string]string
}

func (s *sources) add(name, text string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.files == nil {
		s.files = make(map[string]string)
	}
	s.files[name] = text
}

// line returns a line of a file, the first is 1, or an empty string.
func (s *sources) line(name string, n int) string {
	if s == nil || n < 1 {
		return ""
	}
	s.mu.Lock()
	text := s.files[name]
	s.mu.Unlock()
	for line := range strings.Lines(text) {
		if n--; n == 0 {
			return strings.TrimRight(line, "\r\n")
		}
	}
	return ""
}

// A RemoteFailure is the error of a run in another process, which explained it itself. [Report] and [ExitCode] give what
// that process would have.
type RemoteFailure struct {
	Text      string // of the error
	Explained string // what Report gave
	Code      int    // exit code
	Output    error  // why what the script wrote could not be, nil when it could
}

// Error is the text of the error.
func (f *RemoteFailure) Error() string { return f.Text }

// Unwrap returns why what the script wrote could not be written, nil when it could.
func (f *RemoteFailure) Unwrap() error { return f.Output }
