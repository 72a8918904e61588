// Checks logs with the packages of the Go project itself: signed notes, checkpoints, inclusion,
// consistency and tiles. One question a line on standard input, one answer a line.
package main

import (
	"bufio"
	"crypto/ed25519"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

type question struct {
	Do      string   `json:"do"`
	Key     string   `json:"key"`
	Note    string   `json:"note"`
	Entry   []byte   `json:"entry"`
	Entries [][]byte `json:"entries"`
	Index   int64    `json:"index"`
	Old     int64    `json:"old"`
	Size    int64    `json:"size"`
	OldRoot []byte   `json:"oldRoot"`
	Root    []byte   `json:"root"`
	Path    [][]byte `json:"path"`
	Name    string   `json:"name"`
	Public  []byte   `json:"public"`
	KeyHash uint32   `json:"keyHash"`
}

type answer struct {
	OK    bool     `json:"ok"`
	Error string   `json:"error,omitempty"`
	Root  []byte   `json:"root,omitempty"`
	Path  [][]byte `json:"path,omitempty"`
	Text  string   `json:"text,omitempty"`
	Tiles []tile   `json:"tiles,omitempty"`
}

type tile struct {
	Path string `json:"path"`
	Data []byte `json:"data"`
}

func main() {
	in := bufio.NewReaderSize(os.Stdin, 1<<20)
	out := json.NewEncoder(os.Stdout)
	for {
		line, err := in.ReadBytes('\n')
		if err != nil {
			return
		}
		var q question
		a := answer{}
		if err := json.Unmarshal(line, &q); err != nil {
			a.Error = err.Error()
		} else if a, err = reply(q); err != nil {
			a = answer{Error: err.Error()}
		} else {
			a.OK = true
		}
		out.Encode(a)
	}
}

func reply(q question) (answer, error) {
	switch q.Do {
	case "open":
		return open(q)
	case "cosigned":
		return cosigned(q)
	case "inclusion":
		return answer{}, tlog.CheckRecord(hashes(q.Path), q.Size, hash(q.Root), q.Index, tlog.RecordHash(q.Entry))
	case "consistency":
		return answer{}, tlog.CheckTree(hashes(q.Path), q.Size, hash(q.Root), q.Old, hash(q.OldRoot))
	case "build":
		return build(q)
	}
	return answer{}, errors.New("no such question")
}

// open verifies a note with a key of a log.
func open(q question) (answer, error) {
	verifier, err := note.NewVerifier(q.Key)
	if err != nil {
		return answer{}, err
	}
	opened, err := note.Open([]byte(q.Note), note.VerifierList(verifier))
	if err != nil {
		return answer{}, err
	}
	return answer{Text: opened.Text}, nil
}

// witness is a verifier of cosignature/v1: the time stands before the signature and is signed.
type witness struct{ q question }

func (w witness) Name() string    { return w.q.Name }
func (w witness) KeyHash() uint32 { return w.q.KeyHash }
func (w witness) Verify(message, signature []byte) bool {
	if len(signature) != 8+ed25519.SignatureSize {
		return false
	}
	signed := fmt.Sprintf("cosignature/v1\ntime %d\n%s", binary.BigEndian.Uint64(signature), message)
	return ed25519.Verify(w.q.Public, []byte(signed), signature[8:])
}

// cosigned verifies the line of a witness; the note is parsed by the package.
func cosigned(q question) (answer, error) {
	opened, err := note.Open([]byte(q.Note), note.VerifierList(witness{q}))
	if err != nil {
		return answer{}, err
	}
	signature, err := base64.StdEncoding.DecodeString(opened.Sigs[0].Base64)
	if err != nil {
		return answer{}, err
	}
	return answer{Text: strconv.FormatUint(binary.BigEndian.Uint64(signature[4:]), 10)}, nil
}

// build makes the tree of the entries and gives its root, a proof of each kind, and its tiles.
func build(q question) (answer, error) {
	var stored []tlog.Hash
	reader := tlog.HashReaderFunc(func(indexes []int64) ([]tlog.Hash, error) {
		var found []tlog.Hash
		for _, index := range indexes {
			if index >= int64(len(stored)) {
				return nil, fmt.Errorf("no hash %d", index)
			}
			found = append(found, stored[index])
		}
		return found, nil
	})
	for number, entry := range q.Entries {
		made, err := tlog.StoredHashes(int64(number), entry, reader)
		if err != nil {
			return answer{}, err
		}
		stored = append(stored, made...)
	}
	size := int64(len(q.Entries))
	root, err := tlog.TreeHash(size, reader)
	if err != nil {
		return answer{}, err
	}
	a := answer{Root: root[:]}
	switch {
	case q.Old > 0:
		proof, err := tlog.ProveTree(size, q.Old, reader)
		if err != nil {
			return answer{}, err
		}
		a.Path = bytesOf(proof)
	case q.Index >= 0:
		proof, err := tlog.ProveRecord(size, q.Index, reader)
		if err != nil {
			return answer{}, err
		}
		a.Path = bytesOf(proof)
	}
	for _, t := range tlog.NewTiles(8, 0, size) {
		data, err := tlog.ReadTileData(t, reader)
		if err != nil {
			return answer{}, err
		}
		// The path of this package names the height; that of tlog-tiles does not.
		path := strings.Replace(t.Path(), "tile/8/", "tile/", 1)
		a.Tiles = append(a.Tiles, tile{path, append([]byte(nil), data...)})
	}
	return a, nil
}

func hash(data []byte) (h tlog.Hash) {
	copy(h[:], data)
	return h
}

func hashes(path [][]byte) (all []tlog.Hash) {
	for _, data := range path {
		all = append(all, hash(data))
	}
	return all
}

func bytesOf(path []tlog.Hash) (all [][]byte) {
	for _, h := range path {
		all = append(all, append([]byte(nil), h[:]...))
	}
	return all
}
