package liveresponse

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/cbscript/cbscript/client"
	"github.com/cbscript/cbscript/client/liveresponse/winerror"
)

// Error is a command, or a session, that failed on the endpoint.
type Error struct {
	Command string         // "get file"; empty for a session
	Path    string         // what the command was about: a path, a process id, a command line
	Sensor  int64          // number of the sensor
	Known   bool           // Code holds the error code
	Code    winerror.Code  // of the endpoint
	Type    string         // how the endpoint numbers its errors, "WinHresult"
	Details map[string]any // the whole document of the command
}

var _ client.Error = (*Error)(nil)

// newError reads why a command failed. Source: contract/live-response.md, section 3.
func newError(sensor int64, command, path string, doc map[string]any) *Error {
	e := &Error{Command: command, Path: path, Sensor: sensor, Details: doc}
	e.Type, _ = doc["result_type"].(string)
	if e.Type != "WinHresult" {
		return e
	}
	if code, err := strconv.ParseInt(fmt.Sprint(doc["result_code"]), 0, 64); err == nil {
		e.Known, e.Code = true, winerror.Of(uint32(code)) // negative ones are the same 32 bits
	}
	return e
}

// Message is the error code in words, or what the endpoint said.
func (e *Error) Message() string {
	said, _ := e.Details["result_desc"].(string)
	switch {
	case e.Known && said != "":
		return e.Code.String() + ": " + said
	case e.Known:
		return e.Code.String()
	case e.Type == "WinHresult":
		return "unknown Win32 error code"
	case said != "":
		return said
	case e.Details["result_code"] == nil:
		return "the server does not say why"
	}
	return fmt.Sprintf("result code %v", e.Details["result_code"])
}

// Error names the command, what it was about, the sensor and the error code.
func (e *Error) Error() string {
	if e.Command == "" {
		return fmt.Sprintf("the session with sensor %d failed: %s", e.Sensor, e.Message())
	}
	what := e.Command
	if e.Path != "" {
		what += " " + strconv.Quote(strings.ReplaceAll(e.Path, `\`, "\x00"))
		what = strings.ReplaceAll(what, `\x00`, `\`)
	}
	return fmt.Sprintf("%s on sensor %d failed: %s", what, e.Sensor, e.Message())
}

// Kind is "LiveResponseError".
func (e *Error) Kind() string { return "LiveResponseError" }

// Facts are command, path, sensor_id, code (as an unsigned number) and symbol, both nil when the endpoint sent none, text
// (the symbol in words), win32_error and decoded_win32_error (the names of the reference client for code and symbol), and
// details, the command's document.
func (e *Error) Facts() map[string]any {
	facts := map[string]any{
		"command": e.Command, "path": e.Path, "sensor_id": e.Sensor, "details": e.Details, "text": e.Code.Text(),
		"code": nil, "symbol": nil, "win32_error": nil, "decoded_win32_error": nil,
	}
	if e.Known {
		facts["code"], facts["win32_error"] = int64(e.Code.Value), int64(e.Code.Value)
		facts["symbol"] = e.Code.Symbol
	}
	if e.Known && e.Code.Space == winerror.Win32 {
		facts["decoded_win32_error"] = e.Code.Symbol
	}
	return facts
}

// Hint says what the usual cause is.
func (e *Error) Hint() string {
	switch e.Code.Symbol {
	case "ERROR_SHARING_VIOLATION":
		return "another process holds the file: end it first, or take the file from a shadow copy"
	case "ERROR_FILE_EXISTS":
		return "an endpoint does not overwrite a file: delete it first"
	case "ERROR_INVALID_NAME":
		return `paths are absolute, as in c:\windows\temp`
	}
	return ""
}
