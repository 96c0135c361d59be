// Package winerror names the error codes with which endpoints answer: HRESULTs, the Win32 errors in them, and NTSTATUS.
//
//	winerror.Of(0x80070005) // Code{Value: 0x80070005, Space: Win32, Symbol: "ERROR_ACCESS_DENIED"}
//
// The names are those of the Windows SDK, by way of golang.org/x/sys/windows.
package winerror

import (
	_ "embed"
	"fmt"
	"sort"
	"strings"
)

//go:generate go run ./gen

// The tables have a line for each code, sorted: eight hexadecimal digits, a space and the name.
var (
	//go:embed win32.txt
	win32 string
	//go:embed hresult.txt
	hresult string
	//go:embed ntstatus.txt
	ntstatus string
)

// Space is the numbering that a code belongs to.
type Space string

// The numberings.
const (
	Win32    Space = "Win32"
	HRESULT  Space = "HRESULT"
	NTSTATUS Space = "NTSTATUS"
)

// Code is a decoded error code.
type Code struct {
	Value  uint32
	Space  Space
	Symbol string // name in the SDK; empty when it is not known
}

const (
	facilityWin32 = 7
	facilityMask  = 0x1fff
	ntBit         = 0x10000000 // marks an NTSTATUS inside an HRESULT
)

// Of decodes an HRESULT: one of the facility Win32 by its Win32 error, another one by its own name, and an NTSTATUS as
// such, whether or not it is marked as one.
//
// Source: contract/live-response.md, section 3.
func Of(value uint32) Code {
	if value>>16&facilityMask == facilityWin32 {
		return Code{value, Win32, find(win32, value&0xffff)}
	}
	for _, table := range []string{hresult, win32} { // some HRESULTs are declared as Win32 errors
		if symbol := find(table, value); symbol != "" {
			return Code{value, HRESULT, symbol}
		}
	}
	if symbol := find(ntstatus, value); symbol != "" && value&0xc0000000 != 0 {
		return Code{value, NTSTATUS, symbol}
	}
	if symbol := find(ntstatus, value&^ntBit); symbol != "" && value&ntBit != 0 {
		return Code{value, NTSTATUS, symbol}
	}
	return Code{value, HRESULT, ""}
}

// Text is the name in words, "access denied", or empty.
func (c Code) Text() string {
	words := c.Symbol
	for _, prefix := range []string{"ERROR_", "STATUS_", "E_"} {
		words = strings.TrimPrefix(words, prefix)
	}
	return strings.ToLower(strings.ReplaceAll(words, "_", " "))
}

// String is the form in which the reference client prints a code, "Win32 error code 0x80070005 (ERROR_ACCESS_DENIED)",
// with the numbering of a name that is not of Win32.
func (c Code) String() string {
	text := fmt.Sprintf("Win32 error code 0x%08X", c.Value)
	switch {
	case c.Symbol == "":
		return text
	case c.Space == Win32:
		return text + " (" + c.Symbol + ")"
	}
	return text + " (" + string(c.Space) + " " + c.Symbol + ")"
}

// find looks a code up in a table, by halving.
func find(table string, code uint32) string {
	key := fmt.Sprintf("%08x ", code)
	line := func(at int) (start int) { return strings.LastIndexByte(table[:at], '\n') + 1 }
	at := sort.Search(len(table), func(at int) bool { return table[line(at):] >= key })
	if at == len(table) {
		return ""
	}
	rest, ok := strings.CutPrefix(table[line(at):], key)
	if !ok {
		return ""
	}
	symbol, _, _ := strings.Cut(rest, "\n")
	return symbol
}
