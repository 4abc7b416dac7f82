//! Attention of the tokens of a text to each other (Vaswani and others, 2017), on the thread that
//! asks: of short texts the library's products would take longer to set up than to work out.

use candle_core::{CpuStorage, CustomOp1, Layout, Result, Shape, Tensor, bail};

/// What each token sees: `all` has the queries, keys and values of a token in a row, `lengths`
/// how many tokens each text has, one after the other. Queries are scaled already.
pub fn attend(all: &Tensor, lengths: &[usize], heads: usize) -> Result<Tensor> {
    all.apply_op1_no_bwd(&Attention { lengths, heads })
}

struct Attention<'a> {
    lengths: &'a [usize],
    heads: usize,
}

impl CustomOp1 for Attention<'_> {
    fn name(&self) -> &'static str {
        "attention"
    }

    fn cpu_fwd(&self, storage: &CpuStorage, layout: &Layout) -> Result<(CpuStorage, Shape)> {
        let (CpuStorage::F32(all), Some((from, to))) = (storage, layout.contiguous_offsets())
        else {
            bail!("numbers of another kind");
        };
        let (rows, columns) = layout.shape().dims2()?;
        let (width, size) = (columns / 3, columns / 3 / self.heads);
        if size == 0
            || columns != 3 * size * self.heads
            || self.lengths.iter().sum::<usize>() != rows
        {
            bail!("{rows} rows of {columns} numbers do not fit {} heads", self.heads);
        }
        let mut out = vec![0.0; rows * width];
        let (mut all, mut rest) = (&all[from..to], out.as_mut_slice());
        let mut room = Room::default();
        for length in self.lengths {
            let (text, others) = all.split_at(length * columns);
            let (seen, behind) = rest.split_at_mut(length * width);
            for head in 0..self.heads {
                room.one_head(text, seen, head * size, size, width);
            }
            (all, rest) = (others, behind);
        }
        Ok((CpuStorage::F32(out), (rows, width).into()))
    }
}

/// What is used again and again.
#[derive(Default)]
struct Room {
    /// The keys of one head, a row for each of their numbers.
    keys: Vec<f32>,
    /// How much a token looks at each.
    shares: Vec<f32>,
}

impl Room {
    /// What the tokens of a text see by the head that begins at this number.
    fn one_head(&mut self, text: &[f32], seen: &mut [f32], head: usize, size: usize, width: usize) {
        let length = text.len() / (3 * width);
        let part = |token: usize, which: usize| &text[(3 * token + which) * width + head..][..size];
        self.keys.resize(length * size, 0.0);
        for token in 0..length {
            for (number, key) in part(token, 1).iter().enumerate() {
                self.keys[number * length + token] = *key;
            }
        }
        for (token, seen) in seen.chunks_exact_mut(width).enumerate() {
            self.shares.clear();
            self.shares.resize(length, 0.0);
            for (query, keys) in part(token, 0).iter().zip(self.keys.chunks_exact(length)) {
                add_times(&mut self.shares, *query, keys);
            }
            let most = self.shares.iter().copied().fold(f32::MIN, f32::max);
            let mut sum = 0.0;
            for share in &mut self.shares {
                *share = (*share - most).exp();
                sum += *share;
            }
            let seen = &mut seen[head..head + size];
            for (other, share) in self.shares.iter().enumerate() {
                add_times(seen, share / sum, part(other, 2));
            }
        }
    }
}

fn add_times(to: &mut [f32], times: f32, what: &[f32]) {
    for (to, what) in to.iter_mut().zip(what) {
        *to += times * what;
    }
}

#[cfg(test)]
mod tests {
    use candle_core::{D, Device, Tensor};
    use candle_nn::ops;

    use super::attend;

    #[test]
    fn tokens_see_what_the_library_lets_them_see() {
        let (lengths, heads, size) = ([3, 1, 5], 2, 4);
        let (rows, width) = (9, heads * size);
        let all = Tensor::randn(0f32, 1.0, (rows, 3 * width), &Device::Cpu).unwrap();
        let ours = attend(&all, &lengths, heads).unwrap().to_vec2::<f32>().unwrap();
        let mut from = 0;
        for length in lengths {
            let part = |at: usize| {
                let part =
                    all.narrow(0, from, length).unwrap().narrow(1, at * width, width).unwrap();
                let part = part.contiguous().unwrap().reshape((length, heads, size)).unwrap();
                part.transpose(0, 1).unwrap().contiguous().unwrap()
            };
            let keys = part(1).transpose(D::Minus2, D::Minus1).unwrap();
            let shares = ops::softmax_last_dim(&part(0).matmul(&keys).unwrap()).unwrap();
            let seen = shares.matmul(&part(2)).unwrap().transpose(0, 1).unwrap();
            let seen = seen.contiguous().unwrap().reshape((length, width)).unwrap();
            let theirs = seen.to_vec2::<f32>().unwrap();
            for (ours, theirs) in ours[from..].iter().zip(&theirs) {
                let near = |(a, b): (&f32, &f32)| (a - b).abs() < 1e-5;
                assert!(ours.iter().zip(theirs).all(near), "{ours:?} {theirs:?}");
            }
            from += length;
        }
        assert!(attend(&all, &[3, 1], heads).is_err());
    }
}
