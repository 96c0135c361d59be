package lrshell

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/cbscript/cbscript/client"
	"github.com/cbscript/cbscript/client/liveresponse"
)

// FailedError is a command that failed. Its cause says why.
type FailedError struct {
	Where   string // the line of the input that it was in, as "line 3"; empty at a terminal
	Command string // as it was typed
	Err     error
}

// Error says why, and after a place which command it was.
func (e *FailedError) Error() string {
	if e.Where == "" {
		return e.Err.Error()
	}
	return fmt.Sprintf("%s, %s: %s", e.Where, strings.TrimSpace(e.Command), e.Err)
}

// Unwrap gives the cause.
func (e *FailedError) Unwrap() error { return e.Err }

// explained is an error of an endpoint with its code in words, and what to do.
type explained struct {
	err    error
	text   string
	advice string
}

// Error is the endpoint's, and its code in words.
func (e *explained) Error() string {
	if e.text == "" {
		return e.err.Error()
	}
	return e.err.Error() + ": " + e.text
}

// Unwrap gives the endpoint's error.
func (e *explained) Unwrap() error { return e.err }

// Hint says what to do.
func (e *explained) Hint() string { return e.advice }

// explain says what an error of the endpoint means, and what to do about it here.
func explain(err error, c *Command) error {
	var failed *liveresponse.Error
	if !errors.As(err, &failed) {
		return err
	}
	e := &explained{err: err, advice: failed.Hint()}
	if failed.Known {
		e.text = failed.Code.Text()
	}
	switch failed.Code.Symbol {
	case "ERROR_FILE_NOT_FOUND", "ERROR_PATH_NOT_FOUND":
		e.advice = "dir shows what is there; paths start from the directory that pwd tells"
		switch {
		case strings.HasPrefix(c.Name, "reg "):
			e.advice = "reg query shows the keys and values that are there"
		case c.tail:
			e.advice = "a program is found by its whole path, or in the system's own directory; what a shell knows is run as cmd /c ..."
		}
	case "ERROR_ACCESS_DENIED":
		e.advice = "the endpoint's system protects it, or it is in use"
		if slices.Contains([]string{"cat", "get", "hexdump", "hash"}, c.Name) {
			e.advice += "; a directory is listed with dir"
		}
	case "ERROR_DIR_NOT_EMPTY":
		e.advice = "only empty directories are deleted: delete what is in it first"
	case "ERROR_ALREADY_EXISTS":
		e.advice = "there is one of that name already"
		if c.flag("-f") != nil {
			e.advice += ": -f replaces it"
		}
	case "ERROR_INVALID_PARAMETER":
		if c.Name == "kill" {
			e.advice = "ps lists the processes that there are"
		}
	}
	return e
}

// changes reports a command that may change the endpoint.
func (c *Command) changes() bool { return c.Needs == client.RespondWrite }
