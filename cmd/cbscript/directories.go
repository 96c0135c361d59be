package main

import (
	"path/filepath"
	goruntime "runtime"
)

// dataDir is where the program keeps installed bundles; empty for a user without a home directory. Nothing is made by
// asking.
func (p *program) dataDir() string {
	return p.userDir("LocalAppData", "XDG_DATA_HOME", ".local", "share")
}

// configDir is where the user's own settings are; empty for a user without a home directory.
func (p *program) configDir() string { return p.userDir("AppData", "XDG_CONFIG_HOME", ".config") }

// userDir is the program's directory where the system wants such things: by a variable of Windows, by one of XDG, or in the
// home directory.
func (p *program) userDir(windows, xdg string, inHome ...string) string {
	switch {
	case goruntime.GOOS == "windows" && p.getenv(windows) != "":
		return filepath.Join(p.getenv(windows), "cbscript")
	case filepath.IsAbs(p.getenv(xdg)):
		return filepath.Join(p.getenv(xdg), "cbscript")
	case p.home == "":
		return ""
	case goruntime.GOOS == "darwin":
		return filepath.Join(p.home, "Library", "Application Support", "cbscript")
	}
	return filepath.Join(append(append([]string{p.home}, inHome...), "cbscript")...)
}
