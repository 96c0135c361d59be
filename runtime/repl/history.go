package repl

import (
	"bufio"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
)

// maxEntries is how many entries a history keeps.
const maxEntries = 5000

// History keeps the inputs of earlier sessions in a file, one a line: line breaks within an input are escaped. A nil
// History keeps nothing. It is not safe for concurrent use.
type History struct {
	file    string
	secret  func(string) bool
	entries []string
}

// OpenHistory reads the history from a file, which need not exist yet. Inputs for which secret reports true are never
// stored; nil means none. The file can be read by its owner alone.
func OpenHistory(file string, secret func(input string) bool) (*History, error) {
	h := &History{file: file, secret: secret}
	data, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return h, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read the history: %w", err)
	}
	for line := range strings.Lines(string(data)) {
		if entry := unescape(strings.TrimRight(line, "\r\n")); entry != "" {
			h.entries = append(h.entries, entry)
		}
	}
	if len(h.entries) > maxEntries {
		h.entries = h.entries[len(h.entries)-maxEntries:]
		if err := h.rewrite(); err != nil {
			return nil, err
		}
	}
	return h, nil
}

// Entries returns the inputs, the oldest first. The caller must not change the slice.
func (h *History) Entries() []string {
	if h == nil {
		return nil
	}
	return h.entries
}

// Recall returns the inputs as an editor of single lines can show them: with [Newline] for line breaks.
func (h *History) Recall() []string {
	lines := make([]string, len(h.Entries()))
	for i, entry := range h.Entries() {
		lines[i] = strings.ReplaceAll(entry, "\n", Newline)
	}
	return lines
}

// Add stores an input at the end of the file, unless it is empty, repeats the last one or may hold a secret.
func (h *History) Add(input string) error {
	input = strings.TrimRight(input, " \n")
	if h == nil || strings.TrimSpace(input) == "" || h.secret != nil && h.secret(input) {
		return nil
	}
	if n := len(h.entries); n > 0 && h.entries[n-1] == input {
		return nil
	}
	h.entries = append(h.entries, input)
	f, err := os.OpenFile(h.file, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("store the history: %w", err)
	}
	_, err = f.WriteString(escape(input) + "\n")
	if closeErr := f.Close(); err == nil {
		err = closeErr
	}
	if err != nil {
		return fmt.Errorf("store the history: %w", err)
	}
	return nil
}

// rewrite stores the entries anew.
func (h *History) rewrite() error {
	f, err := os.CreateTemp(dirOf(h.file), ".history-*") // 0600
	if err != nil {
		return fmt.Errorf("store the history: %w", err)
	}
	defer os.Remove(f.Name())
	w := bufio.NewWriter(f)
	for _, entry := range h.entries {
		fmt.Fprintln(w, escape(entry))
	}
	err = w.Flush()
	if closeErr := f.Close(); err == nil {
		err = closeErr
	}
	if err == nil {
		err = os.Rename(f.Name(), h.file)
	}
	if err != nil {
		return fmt.Errorf("store the history: %w", err)
	}
	return nil
}

func dirOf(file string) string {
	if i := strings.LastIndexAny(file, `/\`); i >= 0 {
		return file[:i+1]
	}
	return "."
}

// escape writes an input on one line.
func escape(input string) string {
	return strings.NewReplacer(`\`, `\\`, "\n", `\n`, "\r", `\r`).Replace(input)
}

// unescape undoes escape. A backslash before anything else stands for itself.
func unescape(line string) string {
	return strings.NewReplacer(`\\`, `\`, `\n`, "\n", `\r`, "\r").Replace(line)
}
