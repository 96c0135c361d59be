package main

import (
	"path/filepath"
	goruntime "runtime"
)

// stateDir is where the program keeps what it writes for itself: the journal and the history. It is empty for a user
// without a home directory. Nothing is made by asking.
func (p *program) stateDir() string {
	switch {
	case goruntime.GOOS == "windows" && p.getenv("LocalAppData") != "":
		return filepath.Join(p.getenv("LocalAppData"), "cbscript")
	case filepath.IsAbs(p.getenv("XDG_STATE_HOME")):
		return filepath.Join(p.getenv("XDG_STATE_HOME"), "cbscript")
	case p.home == "":
		return ""
	case goruntime.GOOS == "darwin":
		return filepath.Join(p.home, "Library", "Application Support", "cbscript")
	}
	return filepath.Join(p.home, ".local", "state", "cbscript")
}
