package lrshell

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/cbscript/cbscript/client/liveresponse"
	"github.com/cbscript/cbscript/runtime/output"
)

// changeDir goes to a directory that is there.
func changeDir(ctx context.Context, s *Shell, in *input) error {
	if len(in.args) == 0 {
		return printDir(ctx, s, in)
	}
	dir := s.abs(in.args[0])
	if _, err := s.inside(ctx, dir); err != nil {
		if e, bad := s.find(ctx, dir); bad == nil && !e.isDir() {
			return usage("cat and hexdump show files", "cd: %s is a file", dir)
		}
		return err
	}
	s.dir = dir
	return nil
}

func printDir(_ context.Context, s *Shell, _ *input) error { return s.say(s.dir) }

func listDrives(ctx context.Context, s *Shell, _ *input) error {
	var rows []output.Row
	for _, d := range s.listOf(ctx, "drives") {
		rows = append(rows, output.Row{{Name: "drive", Value: d}})
	}
	return s.list(rows)
}

// listDir lists a directory, what a pattern names, or one file.
func listDir(ctx context.Context, s *Shell, in *input) error {
	path := s.abs(in.arg(0, "."))
	var found []entry
	var err error
	if strings.ContainsAny(s.paths.base(path), "*?") {
		found, err = s.entries(ctx, path)
	} else {
		found, err = s.inside(ctx, path)
		var failed *liveresponse.Error
		if errors.As(err, &failed) {
			if e, bad := s.find(ctx, path); bad == nil && !e.isDir() {
				found, err = []entry{e}, nil
			}
		}
	}
	if err != nil {
		return err
	}
	rows := make([]output.Row, len(found))
	for i, e := range found {
		rows[i] = e.row(in.has("-l"))
	}
	return s.list(rows)
}

func statFile(ctx context.Context, s *Shell, in *input) error {
	path := s.abs(in.args[0])
	e, err := s.find(ctx, path)
	if err != nil {
		return err
	}
	row := e.row(true)
	row[len(row)-1] = output.Cell{Name: "path", Value: path}
	return s.tell(row)
}

// catFile shows a file: as text on a terminal, and byte by byte elsewhere.
func catFile(ctx context.Context, s *Shell, in *input) error {
	file, err := s.c.Session.GetRawFile(ctx, s.abs(in.args[0]), transferPoll())
	if err != nil {
		return err
	}
	defer file.Close()
	return s.copyText(file)
}

// copyText writes text of the endpoint.
func (s *Shell) copyText(r io.Reader) error {
	if s.c.Plain {
		_, err := io.Copy(s.c.Out, r)
		return err
	}
	return showText(s.c.Out, r)
}

// The sizes of a hexdump: what is shown when nothing else is asked for, and what at most.
const (
	dumpLength    = 256
	maxDumpLength = 1 << 20
)

func hexDump(ctx context.Context, s *Shell, in *input) error {
	numbers := []int64{0, dumpLength}
	for i := range numbers {
		if text := in.arg(i+1, ""); text != "" {
			n, err := strconv.ParseInt(text, 0, 64)
			if err != nil || n < 0 {
				return usage("usage: "+in.command.Usage(), "hexdump: got %q, want a number such as 512 or 0x200", text)
			}
			numbers[i] = n
		}
	}
	offset, length := numbers[0], numbers[1]
	if length < 1 || length > maxDumpLength {
		return usage("get fetches whole files", "hexdump: got the length %d, want 1 to %d", length, maxDumpLength)
	}
	file, err := s.c.Session.GetPart(ctx, s.abs(in.args[0]), offset, length, liveresponse.Poll{})
	if err != nil {
		return err
	}
	defer file.Close()
	return writeHex(s.c.Out, io.LimitReader(file, length), offset)
}

func hashFile(ctx context.Context, s *Shell, in *input) error {
	path := s.abs(in.args[0])
	file, err := s.c.Session.GetRawFile(ctx, path, transferPoll())
	if err != nil {
		return err
	}
	defer file.Close()
	sums := newSums()
	if _, err := io.Copy(sums, s.watch("hash "+file.Name, file.Size, file)); err != nil {
		return err
	}
	return s.tell(append(sums.row(), output.Cell{Name: "path", Value: path}))
}

// deleteFiles deletes one after the other. What patterns name is listed and asked about before anything is deleted.
func deleteFiles(ctx context.Context, s *Shell, in *input) error {
	var all []string
	ask := false
	for _, text := range in.args {
		paths, isPattern, err := s.matches(ctx, text)
		if err != nil {
			return err
		}
		if len(paths) == 0 {
			return usage("dir shows what is there", "del: nothing is named %s", s.abs(text))
		}
		all, ask = append(all, paths...), ask || isPattern
	}
	if ask && !in.has("-y") {
		for _, path := range all {
			if err := s.note("%s", path); err != nil {
				return err
			}
		}
		if err := s.confirm(ctx, in, "delete "+counted(len(all), "file")); err != nil {
			return err
		}
	}
	for _, path := range all {
		if err := s.c.Session.DeleteFile(ctx, path); err != nil {
			return err
		}
		if err := s.done("deleted %s", path); err != nil {
			return err
		}
	}
	return nil
}

func makeDir(ctx context.Context, s *Shell, in *input) error {
	path := s.abs(in.args[0])
	if err := s.c.Session.CreateDirectory(ctx, path); err != nil {
		return err
	}
	return s.done("made %s", path)
}

// counted gives a number with what is counted.
func counted(n int, noun string) string {
	text := strconv.Itoa(n) + " " + noun
	switch {
	case n == 1:
		return text
	case strings.HasSuffix(noun, "s"):
		return text + "es"
	}
	return text + "s"
}

// listOf gives the texts of a list of the session's document.
func (s *Shell) listOf(ctx context.Context, name string) []string {
	v, err := s.c.Session.Get(ctx, name)
	if err != nil {
		return nil
	}
	list, _ := v.([]any)
	texts := make([]string, len(list))
	for i, item := range list {
		texts[i] = fmt.Sprint(item)
	}
	return texts
}
