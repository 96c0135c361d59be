package runtime

import (
	"fmt"
	"strconv"
	"time"
)

// The names of limits in a [LimitError].
const (
	limitSteps    = "steps"
	limitDepth    = "depth"
	limitMemory   = "memory"
	limitTime     = "time"
	limitOutput   = "output"
	limitRequests = "requests"
	limitSource   = "source"
	limitSaved    = "artifacts"
	limitFiles    = "files"
)

// Unlimited switches a limit of [Limits] off.
const Unlimited = -1

// Limits bound what one run may use. A zero field means its default, [Unlimited] (any negative value) no limit. Steps,
// output, requests and files are counted over all threads of a run. Each ends the run with a [*LimitError].
type Limits struct {
	Steps     int64         // steps of the interpreter, about 10^8 a second; default 10^9. Checked every 2000 steps
	Depth     int           // nested calls of one thread; default 5000
	Memory    int64         // bytes on the heap above those at the start of the run, of the whole process; default 1 GiB
	Time      time.Duration // from the start of the run; default none
	Output    int64         // bytes printed, logged and written as rows; default 1 GiB
	Requests  int64         // requests that pass CountRequests; default none
	Artifacts int64         // bytes of all files that the script saves; default 32 GiB
	Files     int64         // files that the script saves; default 100,000
	Source    int           // bytes of one script or loaded file; default 256 KiB, and never more than 1 MiB
	Grace     time.Duration // from the order to stop until the run counts as hung; default 2 s, cannot be switched off
}

const (
	defaultSteps  = 1_000_000_000
	defaultDepth  = 5000
	defaultMemory = 1 << 30
	defaultOutput = 1 << 30
	defaultSource = 256 << 10
	defaultGrace  = 2 * time.Second

	// defaultArtifacts has room for the memory of a large endpoint, which is the largest file that there is to fetch. More of
	// them are a decision about the disk, to be made with the flag.
	defaultArtifacts = 32 << 30
	// defaultFiles is what a file system and its tools still list with ease.
	defaultFiles = 100_000

	// maxSource holds even without a limit: beyond it an expression of millions of terms exhausts the stack of the
	// compiler, which ends the process.
	maxSource = 1 << 20
	// maxDepth is the interpreter's own bound.
	maxDepth = 100_000
)

// withDefaults returns the limits with every field set: positive, or 0 where there is no limit.
func (l Limits) withDefaults() Limits {
	l.Steps = orDefault(l.Steps, defaultSteps)
	l.Depth = orDefault(l.Depth, defaultDepth)
	l.Memory = orDefault(l.Memory, defaultMemory)
	l.Time = orDefault(l.Time, 0)
	l.Output = orDefault(l.Output, defaultOutput)
	l.Requests = orDefault(l.Requests, 0)
	l.Artifacts = orDefault(l.Artifacts, defaultArtifacts)
	l.Files = orDefault(l.Files, defaultFiles)
	l.Source = orDefault(l.Source, defaultSource)
	if l.Source == 0 || l.Source > maxSource {
		l.Source = maxSource
	}
	if l.Grace <= 0 {
		l.Grace = defaultGrace
	}
	return l
}

func orDefault[N ~int | ~int64](value, fallback N) N {
	switch {
	case value == 0:
		return fallback
	case value < 0:
		return 0
	}
	return value
}

// Filled gives the limits as a run applies them: with the default in the place of a zero, and zero where there is no
// limit.
func (l Limits) Filled() Limits { return l.withDefaults() }

// Exceeded makes the error for one of the limits, for whoever enforces it from outside: "memory", "time", "output",
// "requests", "artifacts", "files", as in [LimitError]. l are the limits that Filled gives.
func (l Limits) Exceeded(limit string) *LimitError { return l.exceeded(limit) }

// exceeded makes the error for a limit of l.
func (l Limits) exceeded(limit string) *LimitError {
	switch limit {
	case limitSteps:
		return &LimitError{Limit: limit, Value: grouped(l.Steps), Flag: "--max-steps"}
	case limitDepth:
		depth := l.Depth
		if depth == 0 {
			depth = maxDepth
		}
		return &LimitError{Limit: limit, Value: grouped(int64(depth)), Flag: "--max-depth"}
	case limitMemory:
		return &LimitError{Limit: limit, Value: bytesText(l.Memory), Flag: "--max-memory"}
	case limitTime:
		return &LimitError{Limit: limit, Value: l.Time.String(), Flag: "--timeout"}
	case limitOutput:
		return &LimitError{Limit: limit, Value: bytesText(l.Output), Flag: "--max-output"}
	case limitRequests:
		return &LimitError{Limit: limit, Value: grouped(l.Requests), Flag: "--max-requests"}
	case limitSaved:
		return &LimitError{Limit: limit, Value: bytesText(l.Artifacts), Flag: "--max-artifacts"}
	case limitFiles:
		return &LimitError{Limit: limit, Value: grouped(l.Files), Flag: "--max-files"}
	}
	return &LimitError{Limit: limit, Value: bytesText(int64(l.Source)), Flag: "--max-source"}
}

// grouped writes a number with commas between thousands.
func grouped(n int64) string {
	s := strconv.FormatInt(n, 10)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// bytesText writes a size in the largest unit that divides it without a rest.
func bytesText(n int64) string {
	for _, unit := range []struct {
		size int64
		name string
	}{{1 << 30, "GiB"}, {1 << 20, "MiB"}, {1 << 10, "KiB"}} {
		if n >= unit.size && n%unit.size == 0 {
			return fmt.Sprintf("%d %s", n/unit.size, unit.name)
		}
	}
	return grouped(n) + " bytes"
}
