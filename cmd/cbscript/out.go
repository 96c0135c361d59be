package main

import (
	"fmt"
	"path/filepath"

	"github.com/cbscript/cbscript/builtins"
	"github.com/cbscript/cbscript/client/journal"
	"github.com/cbscript/cbscript/runtime/evidence"
)

// openOut opens the directory that files are saved in. book is told what the host receives.
func (p *program) openOut(dir string, host *host, book *evidence.Book, source journal.Source) (*evidence.Folder, error) {
	folder, err := evidence.Open(p.opened(dir), evidence.Config{
		Book: book, Now: host.clock, Script: source.Script, ScriptSHA256: source.SHA256, Version: programVersion()})
	if err != nil {
		advice := hintOf(err)
		if advice == "" {
			advice = "--out names a directory, which is made if need be"
		}
		return nil, usage(advice, "%w", err)
	}
	return folder, nil
}

// tellSaved says how many files were saved, and what proves later that they are still the same.
func (p *program) tellSaved(folder *evidence.Folder, dir string) {
	files, bytes := folder.Saved()
	if files == 0 {
		return
	}
	p.complain("note", fmt.Sprintf("%s (%d bytes) saved in %s", counted(files, "file"), bytes, dir))
	sum, err := folder.Sum()
	if err != nil {
		p.warn(err.Error())
		return
	}
	p.complain("note", fmt.Sprintf("%s has the SHA-256 %s", filepath.Join(dir, builtins.ManifestName), sum))
}
